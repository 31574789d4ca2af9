"""What releases look like to programs: tables with typed columns, written as JSON, CSV or Parquet."""
