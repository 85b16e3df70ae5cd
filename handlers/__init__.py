"""The door of the followers: understands a pushed message, asks the house, answers in their language."""
