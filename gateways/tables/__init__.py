"""Tables that people upload: CSV and its kin, and Excel's workbooks, read row by row within fixed bounds."""
