"""The letter by which the pages are measured, and the answers that it holds."""

from __future__ import annotations

LETTER = (
    "Thank you for seeing this 34-year-old teacher. Low since her husband left in July; it is her second episode, I "
    "would call it moderate depression. PHQ-9 yesterday 17, item 9 is 1: some nights she wishes she would not wake. "
    "She has never tried anything, and no plan. No voices. Sertraline 100 mg for ten weeks has helped partly. Not "
    "pregnant. She quarrels with her mother. She would like to see someone alone and can come weekly."
)
QUOTE = "some nights she wishes she would not wake"
ANSWERS = {
    "age_years": "34",
    "primary_problem": "depression",
    "major_depression": "current",
    "depression_severity": "moderate",
    "recurrent_depression": "yes",
    "role_transitions": "separation_or_divorce",
    "phq9_total": "17",
    "phq9_item9": "1",
    "suicidal_thoughts": "passive",
    "suicidal_behavior": "none",
    "psychotic_symptoms": "none",
    "antidepressant_response": "partial",
    "perinatal_status": "none",
    "disputes": "parents",
    "preferred_formats": "individual",
    "weekly_sessions_feasible": "yes",
}
