"""What a short form sent: one value a field."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import HTTPException, Request

from api.request import body_of

MOST_FIELDS = 20


async def fields_sent(request: Request) -> dict[str, str]:
    """The last value of each field that a short form sent; a field without text is left out."""
    body = (await body_of(request)).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(422, f"More than {MOST_FIELDS} fields were sent. Send the page's own form.") from error
    return {name: values[-1] for name, values in fields.items()}
