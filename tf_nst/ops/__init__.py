"""Pure maths: tensors in, tensors out. No other part of tf_nst is imported here."""
