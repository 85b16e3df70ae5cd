"""What people agree to: purposes with versioned texts, given and taken back one by one."""
