-- Version 4: the oldest rows of an account, whatever their place, for the bound on how much is kept of a person.

CREATE INDEX archive_account_age ON archive (account, seq) WHERE account <> 0;
