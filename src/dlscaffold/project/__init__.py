"""From what was asked for to a folder: names, context, rendering, placing."""
