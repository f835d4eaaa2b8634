"""Records of referrals: answered, kept, worked through and replayed."""
