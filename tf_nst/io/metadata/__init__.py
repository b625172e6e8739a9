"""What files say of their pictures: colours, orientation, frames. Nothing else of them is read."""
