"""The search that answered for incomplete referrals before the decision diagram: a second opinion in the tests."""
