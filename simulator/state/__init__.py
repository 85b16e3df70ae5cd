"""What the pretended platform knows: accounts' desks, people, chats, codes, jobs, and how all of it is kept."""
