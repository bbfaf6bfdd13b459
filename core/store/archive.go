package store

import "database/sql"

// Row is one message of the archive.
type Row struct {
	Seq              int64 // the order of arrival; from NextID
	Account          int64 // the owner; 0: it belongs to the scope, readable by those with a span
	Transport, Scope string
	Place            string
	ID               string // the stanza-id: unique per place and account, or per place, transport and scope
	Author           string // the foreign user id
	Nick             string
	Stanza           string // the id attribute of the message
	At               int64  // the true time, unix milliseconds
	Content          []byte
	Replaces         string // the ID of the row that this one corrects, or ""
}

// Append adds a row to the archive. When its place has a row of the same ID already, nothing changes (a redelivery).
type Append struct{ Row }

const rowColumns = "seq, account, transport, scope, place, id, author, nick, stanza, at, content, replaces"

var appendRow = insert("archive", rowColumns, "DO NOTHING")

func (c Append) plan(p *plan) {
	r := c.Row
	p.add(appendRow, nil, r.Seq, r.Account, r.Transport, r.Scope, r.Place, r.ID, r.Author, r.Nick, r.Stanza, r.At, blob(r.Content), r.Replaces)
}

func (c Append) size() int {
	return overhead + len(c.Transport) + len(c.Scope) + len(c.Place) + len(c.ID) + len(c.Author) + len(c.Nick) + len(c.Stanza) + len(c.Content) + len(c.Replaces)
}

func scanRow(r *sql.Rows) (row Row, err error) {
	return row, r.Scan(&row.Seq, &row.Account, &row.Transport, &row.Scope, &row.Place, &row.ID,
		&row.Author, &row.Nick, &row.Stanza, &row.At, &row.Content, &row.Replaces)
}
