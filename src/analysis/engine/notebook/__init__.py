"""What a notebook declares and is given, read without importing or running anything.

``file``                       a notebook file, its JSON, as far as it must be right for a run
``parameters``                 what a notebook can be given, and whether what was given fits
``declaration``                one line of the ``parameters`` cell
``allowed``                    bounds and choices in a line's comment
``literals, scalars, ranges``  types of values
``named_files``                files that a parameter names
``prepare``                    the notebook that a kernel is given
``trailing``                   the comment that ends a line
``nearest``                    what was probably meant
"""
