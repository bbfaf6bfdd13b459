package store

// Retract puts other content in the place of a row's, which is gone then, as are the contents of the rows that correct it.
type Retract struct {
	Account int64 // as in Query

	Transport, Scope string // only when Account is 0
	Place, ID        string
	Content          []byte
}

var (
	retractAccount = oneRow("UPDATE archive SET content = ? WHERE account = ? AND account <> 0 AND place = ? AND id = ?")
	retractScope   = oneRow("UPDATE archive SET content = ? WHERE account = 0 AND transport = ? AND scope = ? AND place = ? AND id = ?")
	forgetAccount  = oneRow("DELETE FROM archive WHERE account = ? AND account <> 0 AND place = ? AND replaces = ? AND replaces <> ''")
	forgetScope    = oneRow("DELETE FROM archive WHERE account = 0 AND transport = ? AND scope = ? AND place = ? AND replaces = ? AND replaces <> ''")
)

func (c Retract) plan(p *plan) {
	p.barrier() // the rows may come in the same transaction
	if c.Account != 0 {
		p.add(retractAccount, nil, blob(c.Content), c.Account, c.Place, c.ID)
		p.add(forgetAccount, nil, c.Account, c.Place, c.ID)
		return
	}
	p.add(retractScope, nil, blob(c.Content), c.Transport, c.Scope, c.Place, c.ID)
	p.add(forgetScope, nil, c.Transport, c.Scope, c.Place, c.ID)
}

func (c Retract) size() int {
	return overhead + len(c.Transport) + len(c.Scope) + len(c.Place) + len(c.ID) + len(c.Content)
}

// Rewrite puts other content in the place of a row's, which stays what it is, where that is still Was: what is gone meanwhile does not come back.
type Rewrite struct {
	Retract
	Was []byte
}

var (
	rewriteAccount = oneRow("UPDATE archive SET content = ? WHERE account = ? AND account <> 0 AND place = ? AND id = ? AND content = ?")
	rewriteScope   = oneRow("UPDATE archive SET content = ? WHERE account = 0 AND transport = ? AND scope = ? AND place = ? AND id = ? AND content = ?")
)

func (c Rewrite) plan(p *plan) {
	p.barrier()
	if c.Account != 0 {
		p.add(rewriteAccount, nil, blob(c.Content), c.Account, c.Place, c.ID, blob(c.Was))
		return
	}
	p.add(rewriteScope, nil, blob(c.Content), c.Transport, c.Scope, c.Place, c.ID, blob(c.Was))
}

func (c Rewrite) size() int { return c.Retract.size() + len(c.Was) }
