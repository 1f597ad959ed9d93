silent-main.json FILE
