"""The book's tests, by what they test: the library, the book, its figures, the tools."""
