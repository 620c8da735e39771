"""The packs that come with PledgeWatch."""
