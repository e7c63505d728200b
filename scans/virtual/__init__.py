"""People, printer, paper and scanner, simulated from the contract files alone.

Nothing here knows how sheets are read: positions come from the layout and manifest JSON of
the published contract, marks are pen strokes, and the optical chain runs in linear
reflectance. Use it through :mod:`scans.virtual_scanner`.
"""
