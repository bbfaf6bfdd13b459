package xep

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"isthmus/core/stanza"
)

// Shared is what a message shares, by whichever extensions it says so.
type Shared struct {
	// Files are those that may be fetched by HTTP, each once.
	Files []File
	// Text is what the message says beside them: what merely stands for a file is left out.
	Text string
	// Elements are those that told of the files.
	Elements []*stanza.Element
	// Sealed: a file is encrypted for the reader's own devices. Unreachable: a file can be had from the sender's own client only.
	Sealed, Unreachable bool
}

// maxShared bounds the files of one message; what is more stays a link in the text.
const maxShared = 20

// ParseShared reads what a message shares (XEP-0066, XEP-0385, XEP-0447); body is what it says.
func ParseShared(s *stanza.Stanza, body string) Shared {
	shared := Shared{Text: body, Sealed: sealedAddress(trim(body))}
	emoji := emojiHashes(s)
	files, elements, sealed := parseFileSharing(s, emoji)
	media, more := parseMediaSharing(s)
	files, elements = append(files, media...), append(elements, more...)
	band, more := parseOutOfBand(s)
	files, elements = append(files, band...), append(elements, more...)
	shared.Sealed = shared.Sealed || sealed
	unreachable := false
	for i, f := range files {
		address, ok := webAddress(f.URL)
		switch {
		case ok:
			f.URL, f.Name = address.String(), fileName(f.Name, address)
			if at := slices.IndexFunc(shared.Files, func(known File) bool {
				return known.URL == f.URL || slices.Contains(known.Others, f.URL) || slices.Contains(f.Others, known.URL)
			}); at >= 0 {
				shared.Files[at] = shared.Files[at].with(f)
			} else if len(shared.Files) < maxShared {
				shared.Files = append(shared.Files, f)
			}
			shared.Elements = append(shared.Elements, elements[i])
			for _, address := range files[i].Addresses() {
				shared.Text = withoutAddress(shared.Text, address, f.Description)
			}
		case sealedAddress(f.URL):
			shared.Sealed = true
		case f.URL == "":
			unreachable = true
		} // any other address is no file, and stays what the text says of it
	}
	if all := s.ChildText("", "body"); len(shared.Files) > 0 && all != "" && WithoutFallback(s, all, nsSFS) == "" {
		shared.Text = ""
	}
	if isSticker(s) && len(shared.Files) > 0 {
		shared.Text = ""
	}
	for _, e := range s.Payload { // the sender's other clients show them
		if e.Is(nsSFS, "file-sharing") && isEmoji(e.Child(nsFile, "file"), emoji) {
			shared.Elements = append(shared.Elements, e)
		}
	}
	shared.Unreachable = unreachable && len(shared.Files) == 0
	return shared
}

// SharedFile are the children of a message that is a file: for clients that know XEP-0447, and as a body that is only the address for all others.
func SharedFile(f File) []*stanza.Element {
	return []*stanza.Element{stanza.Text("", "body", f.URL), OutOfBand(f.URL), FileSharing(f), Fallback(nsSFS, 0, 0)}
}

// SharesFile tells whether a message as it was rendered is a file of SharedFile's.
func SharesFile(rendered []byte) bool { return bytes.Contains(rendered, []byte("xmlns='"+nsOOB+"'")) }

// SharedEmoji are the further children of a message that is one emoji and no more, whose body is the emoji's name: clients that know XEP-0447 show its picture.
func SharedEmoji(f File) []*stanza.Element {
	return []*stanza.Element{FileSharing(f), Sticker(), Fallback(nsSFS, 0, 0)}
}

// Links is a body with the addresses of the files: each once, in the text or after it.
func (s Shared) Links(body string) string {
	lines := []string{}
	if strings.TrimSpace(body) != "" {
		lines = append(lines, body)
	}
	for _, f := range s.Files {
		if !slices.ContainsFunc(f.Addresses(), func(address string) bool { return strings.Contains(body, address) }) {
			lines = append(lines, f.URL)
		}
	}
	return strings.Join(lines, "\n")
}

// with adds what another extension tells of the same file.
func (f File) with(other File) File {
	if f.Description == "" {
		f.Description = other.Description
	}
	if f.Type == "" {
		f.Type = other.Type
	}
	if f.Size == 0 {
		f.Size = other.Size
	}
	if f.Width == 0 {
		f.Width, f.Height = other.Width, other.Height
	}
	if f.SHA256 == nil {
		f.SHA256 = other.SHA256
	}
	if f.Others == nil {
		f.Others = other.Others
	}
	return f
}

// webAddress reads an absolute address of HTTP.
func webAddress(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, false
	}
	return u, true
}

// sealedAddress tells whether it leads to a file that is encrypted with a key in the address itself (XEP-0454 §3).
func sealedAddress(text string) bool {
	const scheme = "aesgcm:"
	return len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

// withoutAddress leaves out of a text what merely stands for a file: lines that are no more than its address, and a description before it.
func withoutAddress(text, address, description string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		before, found := strings.CutSuffix(trim(line), address)
		before = trim(strings.TrimSuffix(trim(before), ":"))
		if found && (before == "" || before == description) {
			continue
		}
		kept = append(kept, line)
	}
	if rest := strings.Join(kept, "\n"); strings.TrimSpace(rest) != "" {
		return rest
	}
	return ""
}

const maxFileName = 200 // in bytes; most file systems end at 255

// fileName is what a file may be called: the given name, or what the address ends with, without folders and control characters.
func fileName(given string, address *url.URL) string {
	if name := CleanFileName(given); name != "" {
		return name
	}
	return CleanFileName(address.Path)
}

// CleanFileName makes a name that may stand in a folder of anyone's: without a path, control characters or marks of direction, and not too long. It is
// empty where nothing is left (XEP-0446 §2: a name must not be taken for a path).
func CleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError || strings.ContainsRune(`/:*?"<>|`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if len(name) <= maxFileName {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > 16 {
		extension = ""
	}
	end := maxFileName - len(extension)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + extension
}
