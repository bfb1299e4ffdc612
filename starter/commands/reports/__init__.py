"""Reports that staff take away as CSV or XLSX: what each holds, in the words of the language."""
