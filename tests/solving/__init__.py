"""What the resolver's tests share: oracles that do not share its code, and random problems."""
