package store

import (
	"math/bits"
	"strconv"
	"strings"
)

// statement is one SQL text that takes many rows at once, so that a batch does not cost a round trip for each row.
// It is kept in one text for each power of two of rows: few texts, all prepared once, make up any number of rows.
type statement struct {
	texts []string // texts[i] takes 1<<i rows
	width int      // parameters of a row
}

const mostRows = 32 // of one text: more gain nothing

// manyRows builds a statement: head, the row as often as needed with join between, tail. Parameters are written ? in row.
func manyRows(head, row, join, tail string) *statement {
	s := &statement{width: strings.Count(row, "?")}
	for rows := 1; rows <= mostRows; rows *= 2 {
		s.texts = append(s.texts, number(head+strings.Repeat(join+row, rows)[len(join):]+tail, 1))
	}
	return s
}

// oneRow builds a statement that takes its rows one by one.
func oneRow(text string) *statement {
	return &statement{texts: []string{number(text, 1)}, width: strings.Count(text, "?")}
}

// insert builds an INSERT of the columns; conflict says what to do when the row is there.
func insert(table, columns, conflict string) *statement {
	row := "(?" + strings.Repeat(", ?", strings.Count(columns, ",")) + ")"
	return manyRows("INSERT INTO "+table+" ("+columns+") VALUES ", row, ", ", " ON CONFLICT "+conflict)
}

// number replaces each ? by a numbered parameter, the first of them $from.
func number(text string, from int) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(from+i-1))
		}
		b.WriteString(part)
	}
	return b.String()
}

// run is a statement and all the rows that it gets in one transaction.
type run struct {
	*statement
	args []any
}

// split calls do for each text that is to be executed, with its arguments, until one fails.
func (r run) split(do func(text string, args []any) error) error {
	for args := r.args; len(args) > 0; {
		power := min(bits.Len(uint(len(args)/r.width))-1, len(r.texts)-1)
		n := r.width << power
		if err := do(r.texts[power], args[:n]); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// plan sorts the changes of one transaction into runs. Changes of different keys commute, so each joins the first run of its
// statement that comes after the last change of its own key.
type plan struct {
	runs  []run
	spare [][]any     // of the arguments of runs before
	next  map[any]int // by key: the first run that may take the next change of this key
	floor int         // no change joins a run before this one
}

// add appends one row to a run. A nil key is for changes that commute with all others of their kind.
func (p *plan) add(s *statement, key any, args ...any) {
	at := max(p.floor, p.next[key])
	for at < len(p.runs) && p.runs[at].statement != s {
		at++
	}
	if at == len(p.runs) {
		p.runs = append(p.runs, run{statement: s, args: p.empty()})
	}
	p.runs[at].args = append(p.runs[at].args, args...)
	if key != nil {
		p.next[key] = at + 1
	}
}

// maxSpare is how many arguments a list may have room for that is kept for the next transaction.
const maxSpare = 16 << 10

func (p *plan) empty() []any {
	n := len(p.spare)
	if n == 0 {
		return nil
	}
	args := p.spare[n-1]
	p.spare = p.spare[:n-1]
	return args
}

// reset begins the plan of the next transaction in the memory of this one.
func (p *plan) reset() {
	for _, r := range p.runs {
		if clear(r.args); cap(r.args) <= maxSpare {
			p.spare = append(p.spare, r.args[:0])
		}
	}
	clear(p.runs)
	clear(p.next)
	p.runs, p.floor = p.runs[:0], 0
}

// barrier keeps all that is added later behind all that was added before.
func (p *plan) barrier() { p.floor = len(p.runs) }
