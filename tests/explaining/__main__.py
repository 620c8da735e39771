"""Write the tales' stories anew; read every difference before it is committed."""

from tests.explaining.tales import TALES, file_of, told

for case in TALES:
    file_of(case).write_text(told(case), encoding="utf-8")
