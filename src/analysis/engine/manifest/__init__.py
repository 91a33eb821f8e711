"""What a report was made of and what came out, and whether it does again.

``file``           the manifest, written and read
``crate``          the shapes it is read into
``graph, parsed``  those shapes as an RO-Crate, and back
``state``          what is there now
``reproduce``      what is not as the manifest says
"""
