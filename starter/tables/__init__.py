"""Tables of files, read once for all commands: CSV, XLSX and JSON become rows of cells with their places."""
