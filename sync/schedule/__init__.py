"""From leads to touches: rules, kinds of time, ladders, guards, slots. Pure; the advice itself is in `mappings/`."""
