"""What tests of Coursewire and of plugins need: pytest plugin, control API, faults, clock."""
