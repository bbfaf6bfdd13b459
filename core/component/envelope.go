package component

import "isthmus/core/stanza"

// stanza makes a frame's root a stanza.
func (p *parser) stanza(r root) (*stanza.Stanza, error) {
	out := &struct {
		stanza.Stanza
		payload [6]*stanza.Element
	}{}
	if err := p.envelope(r, &out.Stanza); err != nil {
		return nil, err
	}
	out.Payload = out.payload[:0]
	for _, n := range r.nodes {
		if n.Element != nil {
			out.Payload = append(out.Payload, n.Element)
		}
	}
	return &out.Stanza, nil
}

// envelope reads what a stanza says of itself, its payload aside. Where it fails, s holds what could be read.
func (p *parser) envelope(r root, s *stanza.Stanza) error {
	kind, known := kinds[r.name]
	if r.space != "" || !known {
		return errForeign
	}
	s.Kind = kind
	var from, to string
	for _, a := range r.attrs {
		switch {
		case a.Space == spaceXML && a.Name == "lang":
			s.Lang = a.Value
		case a.Space != "":
		case a.Name == "type":
			s.Type = a.Value
		case a.Name == "id":
			s.ID = a.Value
		case a.Name == "from":
			from = a.Value
		case a.Name == "to":
			to = a.Value
		}
	}
	var errFrom, errTo error
	s.From, errFrom = p.jids.parse(from)
	s.To, errTo = p.jids.parse(to)
	if errFrom != nil || errTo != nil {
		return errAddress
	}
	return nil
}

var kinds = map[string]stanza.Kind{
	string(stanza.Message): stanza.Message, string(stanza.Presence): stanza.Presence, string(stanza.IQ): stanza.IQ,
}
