"""Turns bytes into structs and structs or refusals back into bytes."""
