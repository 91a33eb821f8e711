"""What pages and document are both written from, so that they say the same.

``report_input``  everything a report is made of, as flow hands it over
``parts``         an executed cell in, what a reader sees of it out
``prose``         Markdown in, one tree out, from which HTML and the PDF are set
``quotes``        a quote in, its language out
``code``          a chapter's cells in, the code a reader may open out
``edition``       the report put in order: chapters, numbered sources
``caveats``       the caveats of findings: breaks crossed, and the rest, in full once a page
``intervals``     words in, the numbers that are one out: no line breaks inside them
``row_sets``      published rows in, those of one file and series drawn together
``facts``         what stands behind a finding, worded: limits, counts, breaks, sources
"""
