../fleet.shared-config/fires.json5 FILE
