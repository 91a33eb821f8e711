"""One job in, one executed notebook out.

``run``                  the job, the run, what it gives
``rooms``                the folder and the environment that a kernel works in
``kernels, client``      papermill with a kernel of ours, and its messages
``limits``               time, memory and output that a run may use
``failures``             a failed cell in words
``watched``              what a kernel reads, whether or not its notebook tells
``normalise, archives``  the same without what differs from run to run
``left, page``           files that a run leaves, and its page of HTML
"""
