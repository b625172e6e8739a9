"""What is minimised: terms, their targets, and the objective made of them."""
