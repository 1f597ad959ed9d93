fires-main.json FILE
