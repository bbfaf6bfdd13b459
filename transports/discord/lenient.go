package discord

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Discord adds fields and kinds at any time, and some other servers give numbers where it gives strings. A field that is not as
// expected must not lose the message that it is in, so each is read by itself, and one that cannot be read stays zero.

// decode reads what it can of data into the value that into points to.
func decode(data []byte, into any) { decodeValue(data, reflect.ValueOf(into).Elem()) }

var rawMessage = reflect.TypeFor[json.RawMessage]()

// decodeValue tells whether the data was of the value's kind.
func decodeValue(data []byte, v reflect.Value) bool {
	switch {
	case v.Type() == rawMessage:
		v.SetBytes(append([]byte(nil), data...))
		return true
	case string(data) == "null":
		v.SetZero()
		return v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice || v.Kind() == reflect.Map
	}
	switch v.Kind() {
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		if !decodeValue(data, to.Elem()) {
			return false
		}
		v.Set(to)
		return true
	case reflect.Struct:
		return decodeStruct(data, v)
	case reflect.Slice:
		return decodeSlice(data, v)
	case reflect.String:
		return decodeString(data, v)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseFloat(unquoted(data), 64)
		if err == nil {
			v.SetInt(int64(n))
		}
		return err == nil
	}
	return json.Unmarshal(data, v.Addr().Interface()) == nil
}

func decodeStruct(data []byte, v reflect.Value) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return false
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			decodeStruct(data, v.Field(i))
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if raw, there := fields[name]; there && name != "" {
			decodeValue(raw, v.Field(i))
		}
	}
	return true
}

// decodeSlice leaves out the elements that are of another kind.
func decodeSlice(data []byte, v reflect.Value) bool {
	var elements []json.RawMessage
	if json.Unmarshal(data, &elements) != nil {
		return false
	}
	all := reflect.MakeSlice(v.Type(), 0, len(elements))
	for _, raw := range elements {
		if e := reflect.New(v.Type().Elem()).Elem(); decodeValue(raw, e) {
			all = reflect.Append(all, e)
		}
	}
	v.Set(all)
	return true
}

// decodeString takes a number as well: ids and nonces come as both.
func decodeString(data []byte, v reflect.Value) bool {
	var s string
	if json.Unmarshal(data, &s) == nil {
		v.SetString(s)
		return true
	}
	var n json.Number
	if json.Unmarshal(data, &n) != nil {
		return false
	}
	v.SetString(n.String())
	return true
}

func unquoted(data []byte) string {
	return strings.Trim(string(data), `"`)
}
