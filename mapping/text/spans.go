package text

// spanBuilder collects a line's text and formats in one buffer, so that joining what is alike costs nothing.
type spanBuilder struct {
	text []byte
	runs []builtRun
}

type builtRun struct {
	end int // in text
	format
}

func newSpanBuilder(line string) spanBuilder {
	return spanBuilder{make([]byte, 0, len(line)), make([]builtRun, 0, 8)}
}

func (b *spanBuilder) add(text string, f format) {
	if text == "" {
		return
	}
	b.text = append(b.text, text...)
	if last := len(b.runs) - 1; last >= 0 && b.runs[last].format == f {
		b.runs[last].end = len(b.text)
		return
	}
	b.runs = append(b.runs, builtRun{len(b.text), f})
}

// spans is the line in canonical form.
func (b *spanBuilder) spans() []Span {
	if len(b.runs) == 0 {
		return nil
	}
	text, start := string(b.text), 0
	spans := make([]Span, len(b.runs))
	for i, r := range b.runs {
		spans[i] = Span{Text: text[start:r.end], Style: r.style, Fore: r.fore, Back: r.back}
		start = r.end
	}
	return spans
}
