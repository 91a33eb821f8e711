"""What somebody at a desk works with: JupyterLab on a workbench, and what changed in a notebook.

``lab``          starts JupyterLab with the kernel ready, leaves nothing behind
``server``       the extension of its server: kernels ready, saved stripped, ended whole
``saving``       a notebook as JupyterLab saves it in, the source alone out
``kernelspecs``  the kernels that its server knows
``revisions``    a notebook as git has it
``changes``      two notebooks in, what changed between their sources out
"""
