"""Where files of organizations are kept: in a folder, or in a bucket."""
