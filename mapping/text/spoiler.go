package text

// Hidden reports whether all that can be read of t is a spoiler.
func (t Text) Hidden() bool {
	hidden := false
	for _, b := range t {
		if b.Kind == Code || b.Kind == Quote && !b.Children.Hidden() {
			return false
		}
		hidden = hidden || b.Kind == Quote
		for _, s := range b.Spans {
			if s.Style&Spoiler == 0 {
				return false
			}
			hidden = true
		}
	}
	return hidden
}

// Hide is t as a spoiler, where it is lines: code cannot be hidden.
func (t Text) Hide() Text { return t.restyle(func(s Style) Style { return s | Spoiler }) }

// Reveal is t with nothing hidden.
func (t Text) Reveal() Text { return t.restyle(func(s Style) Style { return s &^ Spoiler }) }

func (t Text) restyle(style func(Style) Style) Text {
	out := make(Text, len(t))
	for i, b := range t {
		spans := make([]Span, len(b.Spans))
		for k, s := range b.Spans {
			s.Style = style(s.Style)
			spans[k] = s
		}
		b.Spans, b.Children = spans, b.Children.restyle(style)
		out[i] = b
	}
	return out.Canonical()
}
