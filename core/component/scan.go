package component

import "bytes"

var (
	openComment, closeComment = []byte("<!--"), []byte("-->")
	openCDATA, closeCDATA     = []byte("<![CDATA["), []byte("]]>")
	closeInstruction          = []byte("?>")
	closeDeclaration          = []byte(">")
)

// scan goes on until the frame is whole (true) or the bytes at hand are used up.
func (f *framer) scan(header bool) (bool, error) {
	for {
		v := f.buf[f.head:f.tail]
		switch f.place {
		case inText:
			more, err := f.text(v)
			if !more || err != nil {
				return false, err
			}
		case inTag:
			i := f.at
			for i < len(v) && inRun[v[i]] {
				i++
			}
			if f.at = i; i == len(v) {
				return false, nil
			}
			if v[i] != '>' {
				f.place, f.quote = inValue, v[i]
				f.at++
				continue
			}
			f.at++
			f.place = inText
			done, err := f.tag(v, header)
			if done || err != nil {
				return done, err
			}
		case inValue:
			n := bytes.IndexByte(v[f.at:], f.quote)
			if n < 0 {
				f.at = len(v)
				return false, nil
			}
			f.at += n + 1
			f.place = inTag
		case inComment:
			if !f.skip(v, closeComment) {
				return false, nil
			}
		case inCDATA:
			if !f.skip(v, closeCDATA) {
				return false, nil
			}
		case inInstruction:
			if !f.skip(v, closeInstruction) {
				return false, nil
			}
		case inDeclaration:
			if !f.skip(v, closeDeclaration) {
				return false, nil
			}
		}
	}
}

// inRun is false for what ends a run of bytes within a tag.
var inRun = func() (t [256]bool) {
	for c := range t {
		t[c] = c != '>' && c != '\'' && c != '"'
	}
	return t
}()

// text goes to the next markup and tells whether there is one whose kind is known.
func (f *framer) text(v []byte) (bool, error) {
	n := bytes.IndexByte(v[f.at:], '<')
	end := f.at + n
	if n < 0 {
		end = len(v)
	}
	if f.depth == 0 { // between stanzas: white space, or text that has no business there (Prosody writes some)
		for _, c := range v[f.at:end] {
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				f.stray++
			}
		}
		f.at = end
		f.advance()
		v, end = f.buf[f.head:f.tail], 0
	}
	f.at = end
	if n < 0 || len(v)-end < 2 {
		return false, nil
	}
	f.token, f.ending = f.at, false
	switch v[f.at+1] {
	case '/':
		if f.depth == 0 {
			return false, errStreamEnd
		}
		f.place, f.ending = inTag, true
		f.at += 2
	case '?':
		f.place = inInstruction
		f.at += 2
	case '!':
		return f.declaration(v), nil
	default:
		f.place = inTag
		f.at++
	}
	return true, nil
}

// declaration tells comments and CDATA sections from other declarations, once enough of them is there.
func (f *framer) declaration(v []byte) bool {
	rest := v[f.at:]
	switch {
	case bytes.HasPrefix(rest, openComment):
		f.place = inComment
		f.at += len(openComment)
	case bytes.HasPrefix(rest, openCDATA):
		f.place = inCDATA
		f.at += len(openCDATA)
	case bytes.HasPrefix(openComment, rest), bytes.HasPrefix(openCDATA, rest):
		return false
	default:
		f.place = inDeclaration
		if f.refused == nil {
			f.refused = errDoctype
		}
		f.at += 2
	}
	return true
}

// skip goes behind what ends the markup under way and tells whether it is there. Between stanzas what was skipped is gone.
func (f *framer) skip(v, end []byte) bool {
	n := bytes.Index(v[f.at:], end)
	if n < 0 {
		f.at = max(f.at, len(v)-len(end)+1)
		return false
	}
	f.at += n + len(end)
	f.place = inText
	if f.depth == 0 {
		f.advance()
		f.refused, f.kept, f.dropped = nil, nil, 0
	}
	return true
}

// tag takes a whole tag into account and tells whether it ends the frame.
func (f *framer) tag(v []byte, header bool) (bool, error) {
	name := f.name(v)
	if f.ending {
		if !f.large() && f.depth <= len(f.open) {
			last := f.open[f.depth-1]
			f.open = f.open[:f.depth-1]
			if !bytes.Equal(v[last.from:last.to], v[name.from:name.to]) {
				if f.refused == nil {
					f.refused = errBadTags
				}
				if f.depth > 1 && bytes.Equal(v[f.open[0].from:f.open[0].to], v[name.from:name.to]) {
					return false, errFraming
				}
			}
		}
		f.depth--
		return f.depth == 0, nil
	}
	if f.elements++; f.elements > f.limits.elements && f.refused == nil {
		f.refused = errTooMany
	}
	if v[f.at-2] == '/' || header {
		return f.depth == 0, nil
	}
	f.depth++
	if f.large() {
		return false, nil
	}
	if f.depth > f.limits.depth {
		if f.refused == nil {
			f.refused = errTooDeep
		}
		return false, nil
	}
	if f.depth == len(f.open)+1 {
		f.open = append(f.open, name)
	}
	return false, nil
}

// name is where the name of the tag under way stands.
func (f *framer) name(v []byte) span {
	from := f.token + 1
	if f.ending {
		from++
	}
	to := from
	for to < f.at-1 && !nameStops[v[to]] {
		to++
	}
	return span{from, to}
}

var nameStops = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, '/': true, '>': true}
