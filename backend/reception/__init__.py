"""What staff do for members and see of them. Every verb takes the actor first, asks what she may do where, and says
nothing of a member that could be read off a screen by whoever stands behind her."""
