"""The content of files, apart from where files stand and who may read them."""
