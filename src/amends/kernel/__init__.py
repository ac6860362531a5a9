"""Pure words shared by the whole house: no Django, no clock, no I/O."""
