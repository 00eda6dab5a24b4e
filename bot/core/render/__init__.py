"""Values to Markdown and text; nothing else in the bot writes either."""
