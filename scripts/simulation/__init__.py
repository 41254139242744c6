"""The delivery engine under seeded faults: a virtual clock, processes that die, and a Telegram."""
