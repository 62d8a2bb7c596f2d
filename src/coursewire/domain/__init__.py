"""The rules of the site: who may do what, and what each noun allows."""
