"""Tools of every room: errors, console, atomic writes, checksums, CSV tables, memory."""
