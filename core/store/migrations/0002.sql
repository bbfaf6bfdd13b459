-- Version 2: what people have set.

CREATE TABLE options (
	transport TEXT NOT NULL,
	person TEXT NOT NULL,
	scope TEXT NOT NULL, -- '': of the gateway; the person is registered while there is such a row
	place TEXT NOT NULL, -- '': of the scope
	data BYTEA NOT NULL,
	PRIMARY KEY (transport, person, scope, place)
);
