"""Operations of AWS that the source of the AWS plugin names for each type of the table: a reading by a machine."""
