"""The command ``ftrack``: what a person asks of a site from a terminal."""
