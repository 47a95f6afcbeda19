"""Where news comes in: `fetch` asks for a feed, `parse` reads its bytes into items, `files` does the
same for what lies on the disk, and `health` says when to ask again."""
