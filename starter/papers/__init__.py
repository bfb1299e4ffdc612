"""Documents that leave the office: the list as an official notice, and certificates.

`list_notice` and `certificate` say what stands in them; the templates beside them say how it looks.
"""
