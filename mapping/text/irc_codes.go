package text

// The formatting codes of IRC: https://modern.ircdocs.horse/formatting
const (
	codeBold      = 0x02
	codePalette   = 0x03
	codeHex       = 0x04
	codeReset     = 0x0f
	codeMonospace = 0x11
	codeReverse   = 0x16
	codeItalic    = 0x1d
	codeStrike    = 0x1e
	codeUnderline = 0x1f
)

// defaultColour stands for the reader's own colour among the numbered ones.
const defaultColour = 99

// toggles are the codes that turn one style on and off.
var toggles = [...]struct {
	code  byte
	style Style
}{
	{codeBold, Bold}, {codeItalic, Italic}, {codeUnderline, Underline},
	{codeStrike, Strike}, {codeMonospace, Monospace}, {codeReverse, Reverse},
}

// apply reads the formatting code that s begins with and tells its length in bytes: 0 where s begins with text.
func (f *format) apply(s string) int {
	switch s[0] {
	case codePalette:
		return f.applyColour(s, paletteNumber)
	case codeHex:
		return f.applyColour(s, hexNumber)
	case codeReset:
		*f = format{}
		return 1
	}
	for _, t := range toggles {
		if t.code == s[0] {
			f.style ^= t.style
			return 1
		}
	}
	return 0
}

// applyColour reads a colour code: alone it takes both colours away; else the text's colour follows, and after a comma
// the background's, which stays as it is without. A comma without a colour after it is text.
func (f *format) applyColour(s string, number func(string) (Colour, int)) int {
	fore, n := number(s[1:])
	if n == 0 {
		f.fore, f.back = 0, 0
		return 1
	}
	f.fore = fore
	n++
	if n < len(s) && s[n] == ',' {
		if back, m := number(s[n+1:]); m > 0 {
			f.back = back
			n += 1 + m
		}
	}
	return n
}

// paletteNumber reads a numbered colour: two digits where there are two.
func paletteNumber(s string) (Colour, int) {
	value, n := 0, 0
	for n < 2 && n < len(s) && '0' <= s[n] && s[n] <= '9' {
		value = value*10 + int(s[n]-'0')
		n++
	}
	return Palette(value), n
}

// hexNumber reads a colour of six hexadecimal digits.
func hexNumber(s string) (Colour, int) {
	if len(s) < 6 {
		return 0, 0
	}
	value := uint32(0)
	for i := range 6 {
		c := s[i] | 0x20 // lower case
		switch {
		case '0' <= s[i] && s[i] <= '9':
			value = value<<4 | uint32(s[i]-'0')
		case 'a' <= c && c <= 'f':
			value = value<<4 | uint32(c-'a'+10)
		default:
			return 0, 0
		}
	}
	return RGB(value), 6
}

// appendCodes appends the codes that lead from one format to another before text. What text begins with is never read
// as a part of them.
func appendCodes(dst []byte, from, to format, text string) []byte {
	if from == to {
		return dst
	}
	if to == (format{}) {
		return append(dst, codeReset)
	}
	recoloured := from.fore != to.fore || from.back != to.back
	if recoloured {
		dst = appendColours(dst, from, to)
	}
	guarded := !recoloured
	for _, t := range toggles {
		if (from.style^to.style)&t.style != 0 {
			dst = append(dst, t.code)
			guarded = true
		}
	}
	if !guarded && (text[0] == ',' || '0' <= text[0] && text[0] <= '9') {
		dst = append(dst, codeBold, codeBold) // on and off: ends the colour code
	}
	return dst
}

func appendColours(dst []byte, from, to format) []byte {
	if to.back == 0 && (from.back != 0 || to.fore == 0) {
		dst = append(dst, codePalette)
	}
	isRGB := func(c Colour) bool { return c&rgbColour != 0 }
	written := Colour(0) // what stands for the text's colour
	switch {
	case to.back == 0 && to.fore == 0:
		return dst
	case to.back == 0:
		return appendColour(dst, to.fore)
	case isRGB(to.back):
		if written = RGB(0); isRGB(to.fore) {
			written = to.fore
		}
	case !isRGB(to.fore):
		written = to.fore
	}
	dst = appendColour(dst, written)
	dst = appendDigits(append(dst, ','), to.back)
	if written != to.fore {
		dst = appendColour(dst, to.fore)
	}
	return dst
}

func appendColour(dst []byte, c Colour) []byte {
	if c&rgbColour != 0 {
		return appendDigits(append(dst, codeHex), c)
	}
	return appendDigits(append(dst, codePalette), c)
}

// appendDigits always writes all digits that a code can have, so that none of the text after it is taken for one.
func appendDigits(dst []byte, c Colour) []byte {
	value := c & colourValue
	if c&rgbColour != 0 {
		for shift := 20; shift >= 0; shift -= 4 {
			dst = append(dst, "0123456789ABCDEF"[value>>shift&0xf])
		}
		return dst
	}
	if c == 0 {
		value = defaultColour
	}
	return append(dst, byte('0'+value/10), byte('0'+value%10))
}
